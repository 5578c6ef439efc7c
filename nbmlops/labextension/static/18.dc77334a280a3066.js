"use strict";(self.rspackChunknbmlops=self.rspackChunknbmlops||[]).push([[18],{855(e,n,r){var o=r(501),t=r.n(o),a=r(230),i=(r.n(a))()(t());i.push([e.id,`/* Every colour is a host variable with a fallback that reads on light and on dark; see nbmlops/ui/style.py. */
.nbm-view {
  --nbm-fg: var(--jp-content-font-color1, var(--vscode-foreground, inherit));
  --nbm-quiet: var(--jp-content-font-color2, var(--vscode-descriptionForeground, #7a7a7a));
  --nbm-line: var(--jp-border-color2, var(--vscode-panel-border, rgba(127, 127, 127, 0.3)));
  --nbm-ground: var(--jp-layout-color1, var(--vscode-editor-background, transparent));
  --nbm-raised: var(--jp-layout-color2, rgba(127, 127, 127, 0.1));
  --nbm-accent: var(--jp-brand-color1, var(--vscode-focusBorder, #1976d2));
  --nbm-good: var(--jp-success-color1, var(--vscode-testing-iconPassed, #2f8f3e));
  --nbm-bad: var(--jp-error-color1, var(--vscode-errorForeground, #d9453a));
  --nbm-warn: var(--jp-warn-color1, var(--vscode-editorWarning-foreground, #d97a00));
  --nbm-info: var(--jp-info-color1, var(--vscode-charts-blue, #1e93a8));
  color: var(--nbm-fg);
  font-family: var(--jp-ui-font-family, var(--vscode-font-family, system-ui, sans-serif));
  font-size: var(--jp-ui-font-size1, 13px);
  line-height: 24px;
  font-variant-numeric: tabular-nums;
  text-align: left;
}
.nbm-live {
  position: relative;
  box-sizing: border-box;
  min-width: 0;
}
.nbm-live *,
.nbm-live *::before {
  box-sizing: border-box;
}
.nbm-view .nbm-q {
  color: var(--nbm-quiet);
}
.nbm-view .nbm-good {
  color: var(--nbm-good);
}
.nbm-view .nbm-bad {
  color: var(--nbm-bad);
}
.nbm-view .nbm-warn {
  color: var(--nbm-warn);
}
.nbm-view .nbm-info {
  color: var(--nbm-info);
}
.nbm-view code,
.nbm-view pre {
  font-family: var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
  font-size: 12px;
}
.nbm-live :focus-visible {
  outline: 2px solid var(--nbm-accent);
  outline-offset: 1px;
}
.nbm-live [hidden] {
  display: none !important;
}
.nbm-live .nbm-button {
  height: 24px;
  padding: 0 8px;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 22px;
  cursor: pointer;
  white-space: nowrap;
}
.nbm-live .nbm-button:hover:not(:disabled) {
  background: var(--nbm-raised);
}
.nbm-live .nbm-button:disabled {
  opacity: 0.5;
  cursor: default;
}
.nbm-live .nbm-button.nbm-primary {
  border-color: var(--nbm-accent);
  color: var(--nbm-accent);
}
.nbm-live input:is([type="text"], [type="search"], [type="number"]),
.nbm-live select,
.nbm-live textarea {
  height: 24px;
  padding: 0 6px;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: var(--nbm-ground);
  color: inherit;
  font: inherit;
}
.nbm-live .nbm-bar {
  position: absolute;
  top: 0;
  left: 0;
  height: 2px;
  width: 30%;
  background: var(--nbm-accent);
  animation: nbm-slide 1.2s linear infinite;
}
@keyframes nbm-slide {
  from {
    left: 0;
  }
  to {
    left: 70%;
  }
}
@media (prefers-reduced-motion: reduce) {
  .nbm-live .nbm-bar {
    animation: none;
    width: 100%;
  }
}
.nbm-view .nbm-problem,
.nbm-problem.nbm-view {
  padding: 4px 8px;
  border-left: 2px solid var(--nbm-bad);
}
.nbm-view .nbm-problem .nbm-button {
  margin-left: 8px;
}
.nbm-view .nbm-empty {
  padding: 8px;
  color: var(--nbm-quiet);
}
.nbm-live .nbm-frame {
  width: 100%;
  border: 0;
  background: #fff;
}
.nbm-live .nbm-opened {
  margin-top: 8px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-live .nbm-place-head {
  display: flex;
  align-items: center;
  justify-content: space-between;
  padding: 4px 8px;
}
`,""]),r.d(n,{},{A:i})},722(e,n,r){var o=r(501),t=r.n(o),a=r(230),i=r.n(a),c=r(855),s=i()(t());s.i(c.A),s.push([e.id,`
`,""]),r.d(n,{},{A:s})},230(e){e.exports=function(e){var n=[];return n.toString=function(){return this.map(function(n){var r="",o=void 0!==n[5];return n[4]&&(r+="@supports (".concat(n[4],") {")),n[2]&&(r+="@media ".concat(n[2]," {")),o&&(r+="@layer".concat(n[5].length>0?" ".concat(n[5]):""," {")),r+=e(n),o&&(r+="}"),n[2]&&(r+="}"),n[4]&&(r+="}"),r}).join("")},n.i=function(e,r,o,t,a){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(o)for(var c=0;c<this.length;c++){var s=this[c][0];null!=s&&(i[s]=!0)}for(var l=0;l<e.length;l++){var d=[].concat(e[l]);o&&i[d[0]]||(void 0!==a&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=a),r&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=r),t&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=t):d[4]="".concat(t)),n.push(d))}},n}},501(e){e.exports=function(e){return e[1]}},265(e,n,r){r.r(n);var o=r(76),t=r.n(o),a=r(13),i=r.n(a),c=r(23),s=r.n(c),l=r(652),d=r.n(l),b=r(872),m=r.n(b),p=r(453),v=r.n(p),u=r(722),f={};f.styleTagTransform=v(),f.setAttributes=d(),f.insert=s().bind(null,"head"),f.domAPI=i(),f.insertStyleElement=m(),t()(u.A,f);let h=u.A&&u.A.locals?u.A.locals:void 0;r.d(n,{},{default:h})},76(e){var n=[];function r(e){for(var r=-1,o=0;o<n.length;o++)if(n[o].identifier===e){r=o;break}return r}function o(e,o){for(var t={},a=[],i=0;i<e.length;i++){var c=e[i],s=o.base?c[0]+o.base:c[0],l=t[s]||0,d="".concat(s," ").concat(l);t[s]=l+1;var b=r(d),m={css:c[1],media:c[2],sourceMap:c[3],supports:c[4],layer:c[5]};if(-1!==b)n[b].references++,n[b].updater(m);else{var p=function(e,n){var r=n.domAPI(n);return r.update(e),function(n){n?(n.css!==e.css||n.media!==e.media||n.sourceMap!==e.sourceMap||n.supports!==e.supports||n.layer!==e.layer)&&r.update(e=n):r.remove()}}(m,o);o.byIndex=i,n.splice(i,0,{identifier:d,updater:p,references:1})}a.push(d)}return a}e.exports=function(e,t){var a=o(e=e||[],t=t||{});return function(e){e=e||[];for(var i=0;i<a.length;i++){var c=r(a[i]);n[c].references--}for(var s=o(e,t),l=0;l<a.length;l++){var d=r(a[l]);0===n[d].references&&(n[d].updater(),n.splice(d,1))}a=s}}},23(e){var n={};e.exports=function(e,r){var o=function(e){if(void 0===n[e]){var r=document.querySelector(e);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(e){r=null}n[e]=r}return n[e]}(e);if(!o)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");o.appendChild(r)}},872(e){e.exports=function(e){var n=document.createElement("style");return e.setAttributes(n,e.attributes),e.insert(n,e.options),n}},652(e,n,r){e.exports=function(e){var n=r.nc;n&&e.setAttribute("nonce",n)}},13(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var n=e.insertStyleElement(e);return{update:function(r){var o,t,a;o="",r.supports&&(o+="@supports (".concat(r.supports,") {")),r.media&&(o+="@media ".concat(r.media," {")),(t=void 0!==r.layer)&&(o+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),o+=r.css,t&&(o+="}"),r.media&&(o+="}"),r.supports&&(o+="}"),(a=r.sourceMap)&&"u">typeof btoa&&(o+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),e.styleTagTransform(o,n,e.options)},remove:function(){var e;null===(e=n).parentNode||e.parentNode.removeChild(e)}}}},453(e){e.exports=function(e,n){if(n.styleSheet)n.styleSheet.cssText=e;else{for(;n.firstChild;)n.removeChild(n.firstChild);n.appendChild(document.createTextNode(e))}}}}]);