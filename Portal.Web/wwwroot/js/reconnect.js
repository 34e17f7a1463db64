// The quiet reconnect line: shown without being modal, so that a person can go on reading.
(() => {
  const line = document.getElementById('components-reconnect-modal');
  const retry = async () => {
    try {
      if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) location.reload();
      else line.close();
    } catch {
      document.addEventListener('visibilitychange', whenVisible);
    }
  };
  const whenVisible = () => {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', whenVisible);
    retry();
  };
  line.addEventListener('components-reconnect-state-changed', event => {
    switch (event.detail.state) {
      case 'show': line.show(); break;
      case 'hide': line.close(); break;
      case 'failed': document.addEventListener('visibilitychange', whenVisible); break;
      case 'rejected': location.reload(); break;
    }
  });
  document.getElementById('components-reconnect-button').addEventListener('click', retry);
  document.getElementById('components-reload-button').addEventListener('click', () => location.reload());
})();
