/** Best-of-N for 1,319 questions with 256 candidates each at nine N: less than 5 s, and the event loop stays free. */
import { createRandom, evaluateInThread } from '../../stats/index.ts';
import { watchBreaks } from '../breaks/longest.ts';

const random = createRandom(1);
const rows = Array.from({ length: 1319 }, (_, question) => {
  const chance = random();
  return Array.from({ length: 256 }, (__, ordinal) => {
    const correct = random() < chance;
    const answer = correct ? '7' : `${Math.floor(random() * 30)}`;
    const text = `Step ${ordinal}. The answer is ${answer}. `.repeat(20);
    return { question, ordinal, correct, answer, score: random() + (correct ? 0.4 : 0), text };
  });
}).flat();

const breaks = watchBreaks();
const [began, cpu] = [performance.now(), process.cpuUsage()];
const metrics = await evaluateInThread('eval/bon', { rows, options: { n: [1, 2, 4, 8, 16, 32, 64, 128, 256] } });
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
const longest = breaks.end();
console.log(`${rows.length.toLocaleString('en')} candidates, 9 N: ${seconds.toFixed(1)} s (aim: below 5 s), ${((user + system) / 1e6).toFixed(1)} s of processor time`);
console.log(`longest break for anything else meanwhile: ${longest.toFixed(0)} ms of CPU`);
console.log(`metrics: ${(JSON.stringify(metrics).length / 1e6).toFixed(2)} MB; Best-of-256 ${metrics.best.value?.toFixed(4)}`);
if (seconds >= 5) process.exitCode = 1;
