/** Light unless the viewer says that it is dark. Colours tell apart for most colour-blind people (Okabe and Ito). */
export const plotStyles = `
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#57606a}
.title{font-size:17px;font-weight:600;fill:#1f2328}
.paper{fill:#fff}.frame{fill:none;stroke:#d0d7de}.grid{stroke:#eaeef2}
.score{fill:none;stroke:#0072b2;stroke-width:1.3;stroke-linejoin:round}.spread{fill:#0072b2;fill-opacity:.2}
.threshold{fill:none;stroke:#d55e00;stroke-width:1.4;stroke-dasharray:5 3}
.rate{fill:#8c959f;fill-opacity:.55}
.mark{fill:#1f2328;stroke:#fff;stroke-width:1.2}.stem{stroke:#57606a;stroke-width:.8}
.rank{font-size:11px;font-weight:600;fill:#1f2328;stroke:#fff;stroke-width:3px;paint-order:stroke}
.highlight{fill:#009e73;fill-opacity:.24}.rejected{fill:#6e7781;fill-opacity:.18}
@media(prefers-color-scheme:dark){
text{fill:#9198a1}.title,.rank{fill:#f0f6fc}.rank{stroke:#0d1117}
.paper{fill:#0d1117}.frame{stroke:#3d444d}.grid{stroke:#21262d}
.score{stroke:#56b4e9}.spread{fill:#56b4e9}
.threshold{stroke:#e69f00}
.rate{fill:#9198a1;fill-opacity:.5}
.mark{fill:#f0f6fc;stroke:#0d1117}.stem{stroke:#9198a1}
.highlight{fill:#2fbf93;fill-opacity:.26}.rejected{fill:#9198a1;fill-opacity:.22}
}`.replaceAll('\n', '');
