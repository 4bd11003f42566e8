import { expect, it } from 'vitest';
import { SharedQuestion } from '../../../src/relay/shared-question.ts';

function counting() {
  const answers: ((answer: number) => void)[] = [];
  const question = new SharedQuestion(
    () => new Promise<number>((resolve) => void answers.push(resolve)),
  );
  return { question, answers };
}

it('is asked once for all who come while it is under way, and after what they came upon', async () => {
  const { question, answers } = counting();
  const first = question.ask();
  const others = [question.ask(), question.ask()];
  expect(answers).toHaveLength(1);
  answers[0]?.(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  expect(answers).toHaveLength(2);
  answers[1]?.(2);
  expect(await Promise.all(others)).toEqual([2, 2]);
});

it('is asked anew when nobody waits', async () => {
  const { question, answers } = counting();
  const first = question.ask();
  answers[0]?.(1);
  await first;
  const second = question.ask();
  answers[1]?.(2);
  expect(await second).toBe(2);
  expect(answers).toHaveLength(2);
});
