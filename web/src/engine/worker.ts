/** @file The worker's entry: hands the engine to the page. */

import { expose } from "comlink";
import { Engine } from "./engine.js";

expose(new Engine());
