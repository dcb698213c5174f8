/** @file Closes the sessions that a file's tests left open: the next file runs in the same process. */

import { afterAll } from "vitest";
import { closeSessions } from "./run.js";

afterAll(closeSessions);
