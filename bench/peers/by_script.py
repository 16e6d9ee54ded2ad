"""Pairs by a plain script: each answer is a line of a file, and a second start asks only for what is not in it."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

job = json.loads(Path(sys.argv[1]).read_text())
kept = Path("answers.jsonl")


def read_kept() -> dict[str, str]:
    """Answers by what they answer; a last line that is not whole is cut off."""
    whole = kept.read_text().rpartition("\n")[0] if kept.exists() else ""
    kept.write_text(f"{whole}\n" if whole else "")
    return dict(json.loads(line) for line in whole.splitlines())


async def main() -> None:
    answers = read_kept()
    texts = enumerate(job["texts"])
    with kept.open("a", buffering=1) as lines, Path("pairs.jsonl").open("w") as pairs:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=job["in_flight"])) as session:

            async def ask(key: str, prompt: str, temperature: float) -> str:
                if key not in answers:
                    body = {
                        "model": "fast",
                        "messages": [{"role": "user", "content": prompt}],
                        "temperature": temperature,
                    }
                    async with session.post(
                        f"{job['url']}/chat/completions", json=body, raise_for_status=True
                    ) as response:
                        answers[key] = (await response.json())["choices"][0]["message"]["content"]
                    lines.write(json.dumps([key, answers[key]]) + "\n")
                return answers[key]

            async def lane() -> None:
                for index, text in texts:
                    description = await ask(f"{index} description", job["describe"] + text, 0.3)
                    prompt = job["write"] + description
                    chosen = await ask(f"{index} chosen", prompt, 0.3)
                    rejected = await ask(f"{index} rejected", prompt, 1)
                    pairs.write(json.dumps({"description": description, "chosen": chosen, "rejected": rejected}) + "\n")

            await asyncio.gather(*(lane() for _ in range(job["in_flight"])))


asyncio.run(main())
