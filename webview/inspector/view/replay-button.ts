// The button that plays the backward pass, with its words.
// Not the replay itself, which is the state's and the host's.
import { button, dressButton } from '../../controls';
import { element } from '../../elements';

export function replayButton(press: () => void): { readonly root: HTMLElement; draw(playing: boolean): void } {
  const play = button(press);
  const root = element('span', 'replay', play, element('span', 'quiet', 'replay backwards'));
  return { root, draw: (playing) => dressButton(play, { label: playing ? 'Pause the replay' : 'Replay backwards', icon: playing ? 'pause' : 'play', iconOnly: true }) };
}
