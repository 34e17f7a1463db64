// The little the pages need from the browser itself.
window.portal = {
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Plain http off localhost has no clipboard API; the old way still works there.
      const area = Object.assign(document.createElement('textarea'), { value: text });
      area.style.cssText = 'position:fixed;opacity:0';
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    }
  },

  setCookie(name, value) {
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
  },

  draft: name => sessionStorage.getItem('draft:' + name),

  keepDraft(name, text) {
    if (text === null) sessionStorage.removeItem('draft:' + name);
    else sessionStorage.setItem('draft:' + name, text);
  },

  // Single-letter keys for a page: only when nobody is typing and no modifier is held.
  keys(reference, letters) {
    const pressed = event => {
      if (event.ctrlKey || event.metaKey || event.altKey || !letters.includes(event.key)) return;
      if (event.target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], .mud-dialog')) return;
      event.preventDefault();
      reference.invokeMethodAsync('KeyPressed', event.key);
    };
    document.addEventListener('keydown', pressed);
    return { stop: () => document.removeEventListener('keydown', pressed) };
  },

  focus(id) {
    document.getElementById(id)?.focus();
  },

  intoView(id) {
    document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
  },
};

// `/` goes to search from anywhere one is not typing.
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select, [contenteditable]')) return;
  const search = document.getElementById('search');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A page comes as it looks and is live a moment later. What is pressed or typed before then nobody would hear, and a form would be sent the
// browser's own way: it does nothing instead. Links and what the browser opens by itself work.
const wait = event => {
  if (!(event.target instanceof Element) || !event.target.closest('.connecting') || event.target.closest('a[href], [popovertarget]')) return;
  if (event.type === 'keydown' && (event.key === 'Tab' || !event.target.matches('select'))) return;
  event.preventDefault();
  event.stopPropagation();
};
for (const kind of ['click', 'submit', 'beforeinput', 'keydown']) document.addEventListener(kind, wait, { capture: true });

// The drawer on a phone, the notices and the menu of the account shut when one has chosen where to go.
document.addEventListener('click', event => {
  const open = event.target.closest('[popover]');
  if (open?.matches(':popover-open') && event.target.closest('a')) open.hidePopover();
});

// A sign-in ends when nobody uses it. What a page does by itself is no use, so the browser says when a person did something: now and
// then, once a minute at most. One that is lost is no loss, the next press tells again.
let told = -Infinity;
const tell = event => {
  if (!event.isTrusted || !document.body.hasAttribute('data-signed-in') || performance.now() - told < 60_000) return;
  told = performance.now();
  fetch('/seen', { method: 'POST', keepalive: true }).catch(() => {});
};
for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, tell, { capture: true, passive: true });
