/** @file The component in use: one photo, and a map for each class. */

import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Heatmap } from "./Heatmap.jsx";

const maps = await (await fetch("map.json")).json().then(({ maps }) => maps); // of `fovea explain --raw`

function App() {
  const [chosen, choose] = useState(0);
  const [peak, setPeak] = useState(0);
  return (
    <main>
      <select value={chosen} onChange={(event) => choose(Number(event.target.value))} aria-label="Class">
        {maps.map(({ label }, i) => (
          <option key={label} value={i}>
            {label}
          </option>
        ))}
      </select>
      <p>The strongest evidence is {peak.toPrecision(3)}.</p>
      <Heatmap src="photo.jpg" alt="The photo" map={maps[chosen]} onLoad={({ detail }) => setPeak(detail.peak)} />
    </main>
  );
}

createRoot(document.getElementById("root")).render(<App />);
