// <ko-theme><button type="button" value="light">…</button> … "dark", "auto"</ko-theme>
// Light, dark or as the device; kept in a cookie so that the server may print it too.

const YEAR_S = 31_536_000;

export class ThemeElement extends HTMLElement {
  connectedCallback(): void {
    this.#mark();
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button !== null) this.#choose(button.value);
    });
  }

  #choose(value: string): void {
    const root = document.documentElement;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    if (value === "light" || value === "dark") {
      root.dataset["bsTheme"] = value;
      document.cookie = `ko_theme=${value}; Max-Age=${YEAR_S}; Path=/; SameSite=Lax${secure}`;
    } else {
      delete root.dataset["bsTheme"];
      document.cookie = `ko_theme=; Max-Age=0; Path=/; SameSite=Lax${secure}`;
    }
    this.#mark();
    document.dispatchEvent(new CustomEvent("ko:theme"));
  }

  #mark(): void {
    const now = document.documentElement.dataset["bsTheme"] ?? "auto";
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === now));
    }
  }
}

customElements.define("ko-theme", ThemeElement);
