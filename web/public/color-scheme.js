// Runs before the first paint so that a night shift never sees a white flash. A file of its own because the policy forbids inline scripts.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem('salus-color-scheme');
  } catch {
    stored = null;
  }
  var dark = stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
