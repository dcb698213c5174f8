/** @file The entry of the worker that trains: hands the learner to the page. */

import { expose } from "comlink";
import { Learner } from "./learner.js";

expose(new Learner());
