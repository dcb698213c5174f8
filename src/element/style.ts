/** @file The element's look: the page's own font and ink, so that the heat map is the only loud thing. */

export const style = `
:host {
  display: block;
  margin-block: 1rem;
  font-size: 0.875rem;
  line-height: 1.4;
  font-variant-numeric: tabular-nums;
}
:host([hidden]) {
  display: none;
}
* {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
figure,
p {
  margin: 0;
}
figure {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 0.5rem;
}
.stage {
  position: relative;
  overflow: hidden;
  border-radius: var(--fovea-radius, 6px);
  background: var(--fovea-ground, #fff);
  cursor: crosshair;
  touch-action: pan-y pinch-zoom;
  user-select: none;
  -webkit-user-select: none;
}
.stage:focus-visible,
button:focus-visible,
input:focus-visible,
select:focus-visible {
  outline: 2px solid var(--fovea-accent, currentColor);
  outline-offset: 2px;
}
img {
  display: block;
  width: 100%;
  height: auto;
  image-rendering: inherit;
}
canvas {
  image-rendering: auto;
}
.map {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  pointer-events: none;
}
.cursor {
  position: absolute;
  width: 17px;
  height: 17px;
  margin: -8.5px 0 0 -8.5px;
  border: 2px solid #fff;
  border-radius: 50%;
  box-shadow: 0 0 0 1px #000, inset 0 0 0 1px #000;
  pointer-events: none;
}
figcaption {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 0.25rem;
}
.name {
  font-weight: 600;
  overflow-wrap: anywhere;
}
.scale {
  display: flex;
  flex-wrap: wrap;
  gap: 0 0.5rem;
  align-items: center;
}
.ramp {
  position: relative;
  flex: 1 1 4rem;
  height: 10px;
}
.ramp canvas {
  display: block;
  width: 100%;
  height: 100%;
  border-radius: 2px;
  outline: 1px solid color-mix(in srgb, currentColor 35%, transparent);
}
.mark {
  position: absolute;
  top: -3px;
  bottom: -3px;
  width: 4px;
  margin-left: -2px;
  border: 1px solid #000;
  background: #fff;
}
.frame {
  position: relative;
}
.bubble {
  position: absolute;
  z-index: 1;
  width: max-content;
  max-width: 20rem;
  padding: 0.25rem 0.5rem;
  border: 1px solid #fff;
  border-radius: 4px;
  color: #fff;
  background: rgb(0 0 0 / 82%);
  pointer-events: none;
}
.hint {
  min-height: 2.8em;
}
.bubble > span,
.hint span {
  display: block;
}
.bubble .swatch {
  display: inline-block;
}
.swatch {
  width: 0.9em;
  height: 0.9em;
  margin-right: 0.35em;
  vertical-align: -0.1em;
  border: 1px solid currentColor;
}
.controls {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1rem;
  align-items: center;
}
.controls label {
  display: inline-flex;
  gap: 0.5rem;
  align-items: center;
}
button,
select {
  font: inherit;
  min-height: 2rem;
  padding: 0.125rem 0.625rem;
  color: inherit;
  background: transparent;
  border: 1px solid color-mix(in srgb, currentColor 55%, transparent);
  border-radius: var(--fovea-radius, 6px);
}
button {
  cursor: pointer;
}
button[aria-pressed="true"] {
  background: color-mix(in srgb, currentColor 10%, transparent);
}
option {
  color: CanvasText;
  background: Canvas;
}
input {
  width: 7rem;
  min-height: 1.5rem;
  margin: 0;
  accent-color: var(--fovea-accent, currentColor);
}
.error {
  padding: 0.5rem 0.75rem;
  border: 1px solid currentColor;
  border-left-width: 4px;
  border-radius: var(--fovea-radius, 6px);
  overflow-wrap: anywhere;
}
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  .map {
    transition: opacity 120ms ease-out;
  }
}
`;
