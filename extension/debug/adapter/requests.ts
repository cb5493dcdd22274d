// The adapter's own requests and events besides the protocol's: what pages need, by name.
// Not the protocol's standard ones.
// Invariant: the types are in protocol/debugger.ts; names begin with `rnn/`.
export const requestNames = {
  cursor: 'rnn/cursor', goto: 'rnn/goto', forks: 'rnn/forks', chooseFork: 'rnn/chooseFork', chooseSequence: 'rnn/chooseSequence', values: 'rnn/values', trace: 'rnn/trace', inlineValues: 'rnn/inlineValues', view: 'rnn/view', renew: 'rnn/renew', stopAgain: 'rnn/stopAgain',
} as const;
export const cursorEvent = 'rnn/cursor';
/** Requests after which the session stands elsewhere, or in other numbers. */
export const moveNames: readonly string[] = ['configurationDone', 'restart', 'next', 'stepBack', 'stepIn', 'stepOut', 'continue', 'reverseContinue', 'goto', requestNames.goto, requestNames.chooseFork, requestNames.chooseSequence, requestNames.stopAgain];
