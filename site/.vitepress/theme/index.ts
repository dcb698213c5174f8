/** @file The look of the studio on VitePress's own theme, and what pages can show live. */

import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import LiveExplain from "./LiveExplain.vue";
import Mark from "./Mark.vue";
import "./style.css";

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "nav-bar-title-before": () => h(Mark) }),
  enhanceApp({ app }) {
    app.component("LiveExplain", LiveExplain);
  },
} satisfies Theme;
