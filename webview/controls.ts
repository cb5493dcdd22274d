// The standard controls of all pages: VS Code's own, from the archived toolkit, behind this one module so that it can be replaced.
// Not pictures. No other file imports the toolkit.
// Invariant: every control has a label for screen readers; icons are decoration.
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption, vsCodePanels, vsCodePanelTab, vsCodePanelView } from '@vscode/webview-ui-toolkit';
import { icon, type IconName } from './icons';

/** Registers the elements; call once before the first control is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodePanels(), vsCodePanelTab(), vsCodePanelView());
}

export interface ButtonLook {
  readonly label: string;
  readonly icon?: IconName;
  /** An icon alone; the label is its title. */
  readonly iconOnly?: boolean;
  readonly look?: 'primary' | 'secondary' | 'quiet';
  readonly disabled?: boolean;
  /** For toggles. */
  readonly pressed?: boolean;
}

export function button(press: () => void): HTMLElement {
  const made = document.createElement('vscode-button');
  made.addEventListener('click', press);
  return made;
}

/** Makes a button look as it should; touches only what differs. */
export function dressButton(element: HTMLElement, look: ButtonLook): void {
  set(element, 'appearance', look.iconOnly ? 'icon' : look.look === 'primary' ? 'primary' : 'secondary');
  element.classList.toggle('quiet-button', look.look === 'quiet');
  set(element, 'aria-label', look.label);
  set(element, 'title', look.iconOnly ? look.label : undefined);
  set(element, 'disabled', look.disabled ? '' : undefined);
  set(element, 'aria-pressed', look.pressed === undefined ? undefined : String(look.pressed));
  const key = `${look.icon ?? ''}|${look.iconOnly ? '' : look.label}`;
  if (element.dataset['content'] === key) return;
  element.dataset['content'] = key;
  const picture = look.icon && icon(look.icon);
  if (picture && !look.iconOnly) picture.setAttribute('slot', 'start');
  element.replaceChildren(...(picture ? [picture] : []), ...(look.iconOnly ? [] : [document.createTextNode(look.label)]));
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function dropdown(label: string, choose: (value: string) => void): HTMLElement {
  const made = document.createElement('vscode-dropdown');
  made.setAttribute('aria-label', label);
  made.addEventListener('change', () => choose((made as HTMLElement & { value: string }).value));
  return made;
}

export function dressDropdown(element: HTMLElement, choices: readonly Choice[], value: string): void {
  const key = JSON.stringify(choices);
  if (element.dataset['content'] !== key) {
    element.dataset['content'] = key;
    element.replaceChildren(
      ...choices.map((choice) => {
        const option = document.createElement('vscode-option');
        option.setAttribute('value', choice.value);
        option.textContent = choice.label;
        return option;
      }),
    );
  }
  const control = element as HTMLElement & { value: string };
  if (control.value !== value) control.value = value;
}

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: HTMLElement;
}

/** Tabs over existing sections; `choose` hears which one is open. */
export function tabs(items: readonly Tab[], active: string, choose: (id: string) => void): HTMLElement {
  const panels = document.createElement('vscode-panels');
  panels.setAttribute('activeid', `tab-${active}`);
  for (const { id, label } of items) {
    const tab = document.createElement('vscode-panel-tab');
    tab.id = `tab-${id}`;
    tab.textContent = label;
    panels.append(tab);
  }
  for (const { id, content } of items) {
    const view = document.createElement('vscode-panel-view');
    view.id = `view-${id}`;
    view.append(content);
    panels.append(view);
  }
  panels.addEventListener('change', (event) => {
    // A change of a control inside a tab rises through here, too.
    if (event.target !== panels) return;
    // The property: the attribute follows only later.
    const { activeid } = panels as HTMLElement & { activeid?: string };
    if (activeid?.startsWith('tab-')) choose(activeid.slice(4));
  });
  return panels;
}

function set(element: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
