"""PyTorch's side of `unroll bench`: times training iterations of nn.RNN, nn.GRU or nn.LSTM, as many as it is asked for.

Not run by hand: `unroll bench` starts it and talks to it in JSON lines. First it says {"torch", "threads"}. A line {"cell", "batch", "steps",
"inputs", "hidden", "classes"} sets a problem up and is answered by {"ready": true}; {"iterations": n} by {"ms": [n numbers]}.
An iteration is what a training loop does: zero_grad, forward, cross entropy, backward, clip_grad_norm_, Adam's step.
"""
import json
import sys
import time

import torch

threads = int(sys.argv[1])
torch.set_num_threads(threads)


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def set_up(problem):
    torch.manual_seed(1)
    layer = getattr(torch.nn, problem["cell"])(problem["inputs"], problem["hidden"])
    head = torch.nn.Linear(problem["hidden"], problem["classes"])
    parameters = [*layer.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    x = torch.randn(problem["steps"], problem["batch"], problem["inputs"])
    y = torch.randint(0, problem["classes"], (problem["steps"] * problem["batch"],))

    def iterate():
        optimizer.zero_grad(set_to_none=True)
        output, _ = layer(x)
        loss = torch.nn.functional.cross_entropy(head(output).reshape(len(y), -1), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return loss.item()

    return iterate


say({"torch": torch.__version__, "threads": torch.get_num_threads()})
iterate = None
for line in sys.stdin:
    request = json.loads(line)
    if "cell" in request:
        iterate = set_up(request)
        say({"ready": True})
        continue
    times = []
    for _ in range(request["iterations"]):
        start = time.perf_counter()
        iterate()
        times.append((time.perf_counter() - start) * 1000)
    say({"ms": times})
