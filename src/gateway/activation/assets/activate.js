// Everything here is a convenience: the pages work without it.

const all = (selector) => [...document.querySelectorAll(selector)];

// The code, grouped as the TV shows it, while it is typed at its end.
for (const input of all('[data-code]')) {
  input.addEventListener('input', () => {
    if (input.selectionStart !== input.value.length) return;
    const plain = input.value.replace(/[\s-]/g, '').toUpperCase().slice(0, 20);
    input.value =
      plain.length <= 7
        ? plain.replace(/^(.{3})(?=.)/, '$1 ')
        : plain.replace(/(.{4})(?=.)/g, '$1 ');
  });
}

// One press, one request.
for (const form of all('form[data-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}
// A page that comes back from the browser's memory may be used again.
addEventListener('pageshow', () => {
  for (const form of all('form[data-once]')) delete form.dataset.sent;
});

// A logo that does not come leaves its place to the name.
for (const image of all('img[data-logo]')) {
  const hide = () => image.remove();
  if (image.complete && image.naturalWidth === 0 && image.loading !== 'lazy') hide();
  image.addEventListener('error', hide);
}

// The list of providers follows the search as it is typed.
const fold = (text) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, '');
for (const form of all('form[data-search]')) {
  const field = form.querySelector('input');
  // Found without the script, some are missing from this page.
  if (field.value) continue;
  form.querySelector('button').hidden = true;
  const count = document.querySelector('[data-count]');
  const items = all('li[data-name]');
  const filter = () => {
    const wanted = fold(field.value);
    for (const item of items) item.hidden = !fold(item.dataset.name).includes(wanted);
    const found = items.filter((item) => !item.hidden).length;
    const { none, one, other } = count.dataset;
    count.textContent =
      found === 0 ? none : found === 1 ? one : other.replace('{count}', String(found));
  };
  field.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
}

// The time left for a code, and what to do when it has ended.
for (const line of all('[data-left-ms]')) {
  // Counted from now, because a phone's own clock may be wrong.
  const ends = Date.now() + Number(line.dataset.leftMs);
  const clock = document.createElement('span');
  clock.className = 'clock';
  line.replaceChildren(`${line.dataset.label} `, clock);
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    if (seconds > 0) return;
    clearInterval(ticking);
    const offer = line.closest('[data-lasting]');
    const hadFocus = offer.contains(document.activeElement);
    offer.hidden = true;
    const ended = document.querySelector('[data-ended]');
    ended.replaceChildren(ended.querySelector('template').content.cloneNode(true));
    if (hadFocus) ended.querySelector('a').focus();
  };
  const ticking = setInterval(tick, 1000);
  tick();
}

// The end of the way shows by itself, as soon as the TV knows.
for (const line of all('[data-status]')) {
  const givesUpAt = Date.now() + 120_000;
  line.textContent = line.dataset.asking;
  const ask = async () => {
    const answer = await fetch(line.dataset.status).then(
      (response) => (response.ok ? response.json() : undefined),
      () => undefined,
    );
    if (answer && answer.status !== 'pending') location.reload();
    else if (Date.now() < givesUpAt) setTimeout(() => void ask(), 1500);
    else line.textContent = '';
  };
  setTimeout(() => void ask(), 1000);
}
