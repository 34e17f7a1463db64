// Runs before the first paint: puts the theme on <html> and tells the server through cookies, so that its
// first render already has the right palette.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const read = name => document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1];
  const write = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
  let heard = null;

  const apply = () => {
    const choice = ['light', 'dark'].find(c => c === read('portal-theme')) ?? 'system';
    const dark = choice === 'dark' || (choice === 'system' && system.matches);
    write('portal-theme-system', system.matches ? 'dark' : 'light');
    document.documentElement.classList.toggle('dark', dark);
    document.documentElement.dataset.theme = choice;
    heard?.invokeMethodAsync('ThemeChanged', choice, dark);
  };

  window.portalTheme = {
    choose(choice) { write('portal-theme', choice); apply(); },
    listen(reference) { heard = reference; apply(); },
    forget() { heard = null; },
  };
  system.addEventListener('change', apply);
  apply();
})();
