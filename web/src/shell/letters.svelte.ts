/** @file Whether single letters are keys (WCAG 2.2, 2.1.4): who dictates, or hits keys by accident, turns them off. */

const name = "letters";

class Letters {
  on = $state(localStorage.getItem(name) !== "off");

  turn(on: boolean): void {
    this.on = on;
    localStorage.setItem(name, on ? "on" : "off");
  }
}

export const letters = new Letters();
