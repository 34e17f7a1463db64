// The quiet reconnect line: shown without being modal, so that a person can go on reading.
(() => {
  const line = document.getElementById('components-reconnect-modal');
  const again = 5000;
  let waiting = null;

  // reconnect() is true when the page is live again, false when the portal answers but has forgotten this page, and throws while it
  // does not answer: then it is asked again for as long as the page is open.
  const retry = async () => {
    clearTimeout(waiting);
    waiting = null;
    try {
      if (await Blazor.reconnect() || await Blazor.resumeCircuit()) line.close();
      else location.reload();
    } catch {
      waiting = setTimeout(retry, again);
      leaveIfSignedOut();
    }
  };
  // Nobody connects who is not signed in. A page whose session ended while it could not connect leads to the sign-in, and from there back.
  const leaveIfSignedOut = async () => {
    const answer = await fetch('_blazor/negotiate', { method: 'POST' }).catch(() => null);
    if (answer?.status === 401) location.reload();
  };
  line.addEventListener('components-reconnect-state-changed', event => {
    switch (event.detail.state) {
      // Not show(): that takes the focus away from whoever is typing.
      case 'show': line.open = true; break;
      case 'hide': line.close(); break;
      case 'retrying': if (event.detail.secondsToNextAttempt === 0) leaveIfSignedOut(); break;
      case 'failed': retry(); break;
      case 'rejected': location.reload(); break;
    }
  });
  // A laptop that was asleep asks at once, not at the next turn.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && waiting !== null) retry();
  });
  document.getElementById('components-reconnect-button').addEventListener('click', retry);
  document.getElementById('components-reload-button').addEventListener('click', () => location.reload());
})();
