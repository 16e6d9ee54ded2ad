import { describe, expect, it } from 'vitest';
import { createAdaptiveLimit } from '../../../adapters/endpoints/adaptive-limit.ts';

describe('an adaptive limit', () => {
  it('stays at the most where only a few replies say that the server is busy', () => {
    const limit = createAdaptiveLimit(() => 64);
    for (let reply = 0; reply < 10_000; reply++) limit.count(reply % 50 === 0);
    expect(limit.now()).toBe(64);
  });

  it('falls by half the share of busy replies, down to one, and rises again', () => {
    const limit = createAdaptiveLimit(() => 64);
    for (let reply = 0; reply < 64; reply++) limit.count(reply % 2 === 0);
    expect(limit.now()).toBe(48);
    for (let reply = 0; reply < 1000; reply++) limit.count(true);
    expect(limit.now()).toBe(1);
    for (let reply = 0; reply < 16; reply++) limit.count(false);
    expect(limit.now()).toBe(3);
    for (let reply = 0; reply < 10_000; reply++) limit.count(false);
    expect(limit.now()).toBe(64);
  });

  it('follows the most at once where that falls', () => {
    let most = 64;
    const limit = createAdaptiveLimit(() => most);
    most = 8;
    expect(limit.now()).toBe(8);
  });

  it('follows the most at once where that rises, unless the server was busy', () => {
    let most = 8;
    const limit = createAdaptiveLimit(() => most);
    for (let reply = 0; reply < 96; reply++) limit.count(false);
    most = 64;
    expect(limit.now()).toBe(64);
    for (let reply = 0; reply < 64; reply++) limit.count(true);
    most = 1000;
    expect(limit.now()).toBe(32);
  });
});
