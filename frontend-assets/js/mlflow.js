// A link that an MLflow client printed: #/experiments/1/runs/abc. What follows the # never reaches a server.
const main = document.querySelector('[data-mlflow-open]');

function open() {
  const steps = location.hash.replace(/^#\/?/, '').split(/[/?]/);
  const after = (word) => {
    const at = steps.indexOf(word);
    return at >= 0 && steps[at + 1] ? decodeURIComponent(steps[at + 1]) : null;
  };
  const query = new URLSearchParams();
  for (const [name, word] of [['run', 'runs'], ['experiment', 'experiments']]) {
    const id = after(word);
    if (id) {
      query.set(name, id);
    }
  }
  if (query.toString() !== '') {
    location.replace(`${main.dataset.mlflowOpen}?${query}`);
  }
}

open();
addEventListener('hashchange', open);
