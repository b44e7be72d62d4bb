// The page's script: htmx and the small islands. Pictures and the code reader are loaded when needed.
import "./page";
import "./islands/when";
import "./islands/clock";
import "./islands/live";
import "./islands/theme";
import "./islands/scan";
import "./islands/report";
import "./islands/drop";
import "./islands/repair";
