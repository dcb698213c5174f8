/** @file A React component around the element: React 19 sets `map` as a property, and hears its events. */

import "fovea/element";

/** @param {{ src: string, alt: string, map: object, onLoad?: (event: CustomEvent) => void }} props */
export function Heatmap({ src, alt, map, onLoad, ...others }) {
  return <fovea-heatmap src={src} alt={alt} map={map} onfovea-load={onLoad} controls {...others} />;
}
