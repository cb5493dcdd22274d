// Asks the host for the weights while they are looked at: which there are, then what the picture shows of them.
// Not drawing. Nothing is asked while the timeline is shown.
// Invariant: at most one picture is under way; the newest question wins.
import type { Channel } from '../../../protocol/channel';
import type { DebuggerHost, DebuggerPage } from '../../../protocol/debugger-page';
import type { Store } from '../../store';
import { derive } from '../derive';
import type { DebuggerState } from '../state';
import { questionOf, weightsWidth, type WeightsQuestion } from './state';

export function weightsFetching(channel: Channel<DebuggerPage, DebuggerHost>, store: Store<DebuggerState>, complain: (thrown: unknown) => void): (state: DebuggerState) => void {
  let headerOf: string | undefined;
  let underWay: string | undefined;
  let failed: string | undefined;
  const ask = (question: WeightsQuestion): void => {
    underWay = question.key;
    const { traceId, layer, of, step, cells } = question;
    channel.request('weightsPicture', { traceId, layer, of, step, cells }).then((picture) => {
      underWay = undefined;
      store.update((now) => (now.view?.trace.traceId === traceId ? { ...now, weights: { ...now.weights, answer: { question, picture } } } : now));
    }, (thrown: unknown) => {
      underWay = undefined;
      failed = question.key;
      // What is asked for now may be another question.
      if (store.state.view?.trace.traceId === traceId) complain(thrown);
    });
  };
  return (state) => {
    const derived = derive(state);
    if (state.shown !== 'weights' || !derived || state.over) return;
    const { traceId } = derived.view.trace;
    if (headerOf !== traceId) {
      headerOf = traceId;
      channel.request('weights', { traceId }).then((header) => store.update((now) => (now.view?.trace.traceId === traceId ? { ...now, weights: { ...now.weights, header } } : now)), complain);
    }
    const question = questionOf(state.weights, derived, { width: weightsWidth(state.width), scale: state.scale });
    if (!question || underWay !== undefined || question.key === failed || question.key === state.weights.answer?.question.key) return;
    ask(question);
  };
}
