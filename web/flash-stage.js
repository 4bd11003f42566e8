/**
 * Runs a SWF in Ruffle inside `screen`. `traced` is called with each line that it traces.
 * Rejects when Ruffle or the SWF cannot be loaded.
 */
export async function runSwf(screen, { url, parameters, socketProxy, traced }) {
  window.RufflePlayer = { config: { polyfills: false, publicPath: '/ruffle/' } };
  await loadScript('/ruffle/ruffle.js');
  const player = window.RufflePlayer.newest().createPlayer();
  screen.append(player);
  const ruffle = player.ruffle(1);
  await ruffle.load({ url, parameters, socketProxy, ...SETTINGS });
  // Set before `load` it would be lost.
  ruffle.traceObserver = traced;
  return player;
}

function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(`${src} could not be loaded`)));
    document.head.append(script);
  });
}

const SETTINGS = {
  allowScriptAccess: true,
  autoplay: 'on',
  unmuteOverlay: 'hidden',
  splashScreen: false,
  letterbox: 'off',
  scale: 'showAll',
  upgradeToHttps: false,
  warnOnUnsupportedContent: false,
  openUrlMode: 'deny',
  contextMenu: 'rightClickOnly',
  // Light, and enough for what is drawn here; WebGL without a graphics card is slow.
  preferredRenderer: 'canvas',
  logLevel: 'error',
};
