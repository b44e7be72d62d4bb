// Loaded only by pages that show a picture: ECharts is the largest thing we ship.
import "./islands/ripple";
import "./islands/genealogy";
