// Runs before the first paint: the person's own choice of light or dark, else the device's.

const chosen = /(?:^|; )ko_theme=(light|dark)/.exec(document.cookie)?.[1];
if (chosen !== undefined) document.documentElement.dataset["bsTheme"] = chosen;
document.documentElement.classList.add("has-script");
