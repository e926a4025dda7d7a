// The TV's picture, as the demo pushes it.

const clock = document.querySelector('[data-clock]');
let ends = 0;

new EventSource('/demo/tv/events').addEventListener('message', ({ data }) => {
  const picture = JSON.parse(data);
  document.body.dataset.status = picture.status;
  for (const section of document.querySelectorAll('[data-for]')) {
    section.hidden = section.dataset.for !== picture.status;
  }
  for (const place of document.querySelectorAll('[data-text]')) {
    const text = picture[place.dataset.text];
    if (text !== undefined) place.textContent = text;
  }
  if (picture.status === 'catalogue') showTitles(picture.titles);
  if (picture.status !== 'code') return;
  ends = Date.parse(picture.expiresAt);
  tick();
  document.querySelector('.qr').src = `data:image/svg+xml,${encodeURIComponent(picture.qr)}`;
});

const ACCESS = { open: 'Free', likely: '', locked: 'Not in your package', unknown: '' };

function showTitles(titles) {
  const items = titles.map(({ title, access }) => {
    const item = document.createElement('li');
    item.className = access;
    item.textContent = title;
    if (ACCESS[access]) item.append(document.createElement('br'), note(ACCESS[access]));
    return item;
  });
  document.querySelector('.titles').replaceChildren(...items);
}

function note(text) {
  const small = document.createElement('small');
  small.textContent = text;
  return small;
}

function tick() {
  const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
setInterval(tick, 1000);
