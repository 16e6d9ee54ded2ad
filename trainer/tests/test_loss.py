"""The terms of the loss against plain computations."""

import math

import pytest
import torch
import torch.nn.functional as F

from codepmp_trainer.training.loss import lm_loss, rank_loss
from codepmp_trainer.training.optimizer import Optimizer


def test_the_ranking_term_is_the_sum_of_minus_log_sigmoid_of_the_differences():
    scores = torch.tensor([1.0, 0.0, -2.0, 3.0])
    expected = torch.log1p(torch.exp(torch.tensor([-1.0, 5.0]))).sum()
    assert float(rank_loss(scores)) == pytest.approx(float(expected), rel=1e-6)


def test_margin_and_centring_equal_a_computation_by_hand():
    scores = torch.tensor([1.0, 0.25, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
    pairs = [(1.0, 0.25), (-2.0, 3.0)]
    loss = rank_loss(scores, margin=0.5, center=0.01)
    by_hand = sum(math.log1p(math.exp(-(c - r - 0.5))) + 0.01 * (c + r) ** 2 for c, r in pairs)
    assert loss.item() == pytest.approx(by_hand, rel=1e-14)
    slopes = [(-1 / (1 + math.exp(c - r - 0.5)), 0.02 * (c + r)) for c, r in pairs]
    (gradient,) = torch.autograd.grad(loss, [scores])
    assert gradient.tolist() == pytest.approx([slope for a, b in slopes for slope in (a + b, b - a)], rel=1e-14)


def test_the_ranking_term_stays_finite_for_huge_differences():
    assert float(rank_loss(torch.tensor([-500.0, 500.0]))) == 1000.0


@pytest.mark.parametrize("chunk", [1, 3, 7, 256])
def test_the_language_term_and_its_gradients_equal_a_plain_cross_entropy(chunk):
    torch.manual_seed(1)
    hidden = torch.randn(7, 5, dtype=torch.float64, requires_grad=True)
    head = torch.randn(11, 5, dtype=torch.float64, requires_grad=True)
    targets = torch.randint(0, 11, (7,))
    plain = F.cross_entropy(hidden @ head.T, targets, reduction="sum") * 0.3
    wanted = torch.autograd.grad(plain, [hidden, head])
    ours = lm_loss(hidden, head, targets, chunk=chunk) * 0.3
    got = torch.autograd.grad(ours, [hidden, head])
    assert ours.item() == pytest.approx(plain.item(), rel=1e-6)
    for left, right in zip(got, wanted, strict=True):
        assert torch.allclose(left, right, atol=1e-6)


def test_the_optimizer_gives_the_head_its_own_rate_and_decays_matrices_alone():
    torch.manual_seed(1)

    def network() -> torch.nn.Module:
        torch.manual_seed(2)
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.LayerNorm(8))
        net.add_module("score", torch.nn.Linear(8, 1, bias=False))
        return net

    ours, theirs = network(), network()
    optimizer = Optimizer(ours, lr=0.01, head_lr=0.1, weight_decay=0.2)
    plain = [p for name, p in theirs.named_parameters() if p.dim() > 1 and "score" not in name]
    groups = [
        {"params": plain, "lr": 0.01, "weight_decay": 0.2},
        {"params": [p for p in theirs.parameters() if p.dim() == 1], "lr": 0.01, "weight_decay": 0.0},
        {"params": theirs.score.parameters(), "lr": 0.1, "weight_decay": 0.2},
    ]
    reference = torch.optim.AdamW(groups, betas=(0.9, 0.95), eps=1e-8)
    for _ in range(20):
        data = torch.randn(6, 4) * 3
        optimizer.zero_grad(set_to_none=False)
        reference.zero_grad()
        ours(data).square().mean().backward()
        theirs(data).square().mean().backward()
        optimizer.update(1.0)
        reference.step()
    for left, right in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(left, right, atol=1e-5)
