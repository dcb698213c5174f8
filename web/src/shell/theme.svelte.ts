/** @file Light or dark colours: as the system has them, until the user chooses. */

const name = "theme";

class Theme {
  name = $state(localStorage.getItem(name) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));

  constructor() {
    document.documentElement.dataset.theme = this.name;
  }

  turn(): void {
    this.name = this.name === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = this.name;
    localStorage.setItem(name, this.name);
  }
}

export const theme = new Theme();
