/** @file The entry of the page for lessons. */

import "../../shell/theme.css";
import { mount } from "svelte";
import Page from "./Page.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("internal: the page has no #app");
mount(Page, { target });
