/** @file The pages of the site in the order in which one reads them. Those that are not there are left out. */

export interface PageGroup {
  readonly title: string;
  /** Paths below `docs` without their ending, and what the sidebar calls them. */
  readonly pages: readonly (readonly [path: string, title: string])[];
}

export const pageGroups: readonly PageGroup[] = [
  {
    title: "First steps",
    pages: [
      ["start", "Start in five minutes"],
      ["read-a-map", "Read a map"],
      ["choose-a-method", "Choose a method"],
      ["concepts", "See what, not only where"],
    ],
  },
  {
    title: "Explain your model",
    pages: [
      ["models/index", "Overview"],
      ["models/pytorch", "PyTorch"],
      ["models/keras", "Keras"],
      ["models/tensorflow", "TensorFlow"],
      ["models/hugging-face", "Hugging Face"],
      ["models/ultralytics", "Ultralytics"],
      ["models/timm", "timm"],
      ["tasks", "Boxes, segments, texts, volumes"],
    ],
  },
  {
    title: "Act on what you see",
    pages: [
      ["trust", "Trust a map"],
      ["improve", "Improve a model"],
      ["audit", "Audit a dataset"],
      ["train", "Train a network"],
      ["teach", "Teach with it"],
    ],
  },
  {
    title: "In your software",
    pages: [
      ["studio", "The studio"],
      ["library", "The library"],
      ["web-app", "In a web app"],
      ["element", "The element"],
      ["serving", "Serve maps"],
      ["scale", "Many images"],
      ["integrations", "Notebooks and other tools"],
      ["integrations-python", "Python: notebooks and trackers"],
    ],
  },
  {
    title: "Coming from",
    pages: [
      ["coming-from/pytorch-grad-cam", "pytorch-grad-cam"],
      ["coming-from/captum", "Captum"],
      ["coming-from/torch-cam", "torch-cam"],
      ["coming-from/tf-keras-vis", "tf-keras-vis"],
    ],
  },
  {
    title: "Help",
    pages: [
      ["faq", "Questions"],
      ["troubleshooting", "Troubleshooting"],
      ["glossary", "Glossary"],
    ],
  },
  {
    title: "Reference",
    pages: [
      ["commands", "Commands"],
      ["methods", "Methods and metrics"],
      ["api/index", "API"],
      ["conformance", "Conformance"],
      ["conformance-kit", "The conformance kit"],
      ["results", "Results"],
      ["compare", "Side by side"],
    ],
  },
  {
    title: "Inside",
    pages: [
      ["how-it-works", "How it works"],
      ["architecture", "Architecture"],
      ["security", "Security"],
      ["licences", "Licences"],
    ],
  },
];

/** Pages whose words a command writes. */
export const generatedPages: readonly string[] = ["commands", "methods", "conformance", "compare", "licences"];

export interface PlacedPage {
  readonly path: string;
  readonly title: string;
  /** Pages in its folder that the list does not name. */
  readonly below: readonly string[];
}

/** The groups with those pages that are there; a page that is not listed comes below the one whose folder it lies in. */
export function placePages(there: readonly string[]): { title: string; pages: PlacedPage[] }[] {
  const listed = new Set(pageGroups.flatMap(({ pages }) => pages.map(([path]) => path)));
  const others = there.filter((path) => !listed.has(path)).sort();
  const folderOf = (path: string) => `${path.replace(/\/index$/, "")}/`;
  return pageGroups.flatMap(({ title, pages }) => {
    const placed = pages
      .filter(([path]) => there.includes(path))
      .map(([path, title]) => ({ path, title, below: others.filter((other) => other.startsWith(folderOf(path))) }));
    return placed.length > 0 ? [{ title, pages: placed }] : [];
  });
}
