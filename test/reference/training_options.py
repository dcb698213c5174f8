"""The energy loss with its gradients, a PGD step and group weights on a small network, computed by PyTorch:
test/fixtures/cases/training-options/expected.json. All weights and pixels are formulas that the test repeats.

Run: python test/reference/training_options.py    (torch 2)
"""
import json, math, os
import torch
import torch.nn.functional as F

folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "cases", "training-options")
os.makedirs(folder, exist_ok=True)


def wave(dims, start, scale):
    """Numbers that both sides can make: scale * sin(start + 0.7 i)."""
    count = math.prod(dims)
    values = [scale * math.sin(start + 0.7 * i) for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).reshape(dims)


# The hidden layer makes the map's own gradient depend on weights before and behind it.
names = ["conv.weight", "conv.bias", "hidden.weight", "hidden.bias", "head.weight", "head.bias"]
weights = [wave((4, 1, 3, 3), 1, 0.6), wave((4,), 2, 0.2), wave((5, 36), 5, 0.4), wave((5,), 6, 0.1), wave((3, 5), 3, 2.0), wave((3,), 4, 0.1)]
for weight in weights: weight.requires_grad_(True)
pixels = (torch.arange(4 * 36).reshape(4, 1, 6, 6) * 37 % 256).to(torch.float32) / 255
labels = torch.tensor([0, 2, 1, 2])
boxes = torch.zeros(4, 1, 6, 6)
boxes[0, 0, 0:3, 0:3] = 1
boxes[1, 0, 2:5, 1:6] = 1
boxes[3, 0, 4:6, 0:2] = 1  # the third image has none


def forward(x):
    features = F.relu(F.conv2d(x, weights[0], weights[1], padding=1, stride=2))
    hidden = torch.sigmoid(features.flatten(1) @ weights[2].T + weights[3])
    return features, hidden @ weights[4].T + weights[5]


def energy_loss():
    features, scores = forward(pixels)
    own = scores.gather(1, labels[:, None]).sum()
    (gradient,) = torch.autograd.grad(own, features, create_graph=True)
    evidence = F.relu((features * gradient).sum(1, keepdim=True))
    inside = F.avg_pool2d(boxes, 2)
    energy = (evidence * inside).sum((1, 2, 3)) / (evidence.sum((1, 2, 3)) + 1e-9)
    counts = boxes.sum((1, 2, 3)) > 0
    return (1 - energy)[counts].mean(), F.cross_entropy(scores, labels)


energy, entropy = energy_loss()
gradients = torch.autograd.grad(entropy + 0.8 * energy, weights)
each = F.cross_entropy(forward(pixels)[1], labels, reduction="none")
groups = torch.tensor([0, 1, 0, 0])
group_weights = torch.tensor([4 / (2 * 3) if group == 0 else 4 / (2 * 1) for group in groups.tolist()])

x = pixels.clone().requires_grad_(True)
(slope,) = torch.autograd.grad(F.cross_entropy(forward(x)[1], labels, reduction="sum"), x)
flat = lambda tensor: [round(value, 7) for value in tensor.detach().flatten().tolist()]
with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump({
        "energy": energy.item(), "entropy": entropy.item(),
        "gradients": {name: flat(gradient) for name, gradient in zip(names, gradients)},
        "weighted": (group_weights * each).mean().item(),
        "signs": [int(value) for value in torch.sign(slope).flatten().tolist()],
    }, file)
