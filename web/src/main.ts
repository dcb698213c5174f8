/** @file The page's entry. */

import "./shell/theme.css";
import { mount } from "svelte";
import App from "./shell/App.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("internal: the page has no #app");
mount(App, { target });
