/** A value that can be acted on: a click, or Enter, opens its menu; copying gives the original. */
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { useKeys } from '../app/use-keys.ts';
import { copyText } from '../lib/copy.ts';
import { showToast } from '../lib/toasts.ts';
import { visibleText } from '../lib/visible.ts';
import { Value } from './value.tsx';
import styles from './value-menu.module.css';

export interface ValueAction {
  /** Pressed while the menu is open. */
  readonly key: string;
  readonly name: string;
  readonly run: () => void;
}

interface Props {
  /** Name of the field; for the menu's title. */
  readonly field: string;
  /** The original. */
  readonly text: string;
  /** Beside copying, which every value has. */
  readonly actions: readonly ValueAction[];
  readonly children: ReactNode;
  /** Out of the order of Tab, where rows have their own keys. */
  readonly skipTab?: boolean;
}

export function ValueMenu({ field, text, actions, children, skipTab = false }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    trigger.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={styles.value}
        aria-haspopup="menu"
        aria-expanded={open}
        {...(skipTab ? { tabIndex: -1 } : {})}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(!open);
        }}
      >
        {children}
      </button>
      {open && trigger.current !== null
        ? createPortal(
            <Menu field={field} text={text} actions={actions} anchor={trigger.current} onClose={close} />,
            trigger.current.closest('main') ?? document.body,
          )
        : null}
    </>
  );
}

interface MenuProps extends Pick<Props, 'field' | 'text' | 'actions'> {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

const shownLength = 120;
const edge = 8;

function Menu({ field, text, actions, anchor, onClose }: MenuProps) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const items: readonly ValueAction[] = [
    ...actions,
    {
      key: 'c',
      name: 'Copy the original',
      run: () =>
        void copyText(text).then((copied) =>
          copied
            ? showToast('Copied the original value.')
            : showToast('The browser refused to copy; select the value by hand.', { failed: true }),
        ),
    },
  ];
  const act = (item: ValueAction) => {
    onClose();
    item.run();
  };
  // Keys of the page do not reach below an open menu.
  useKeys(3, Object.fromEntries([['Escape', onClose], ...items.map((item) => [item.key, () => act(item)])]), {
    exclusive: true,
  });
  useLayoutEffect(() => {
    const box = menu.current;
    if (box === null) return;
    place(box, anchor.getBoundingClientRect());
    box.querySelector('button')?.focus({ preventScroll: true });
  }, [anchor]);
  useCloseOutside(menu, onClose);
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Tab') {
      event.preventDefault();
      onClose();
    }
    if (by === 0) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div ref={menu} className={styles.menu} onClick={(event) => event.stopPropagation()}>
      <p id={id} className={styles.title}>
        <span className="dim">{visibleText(field)}</span>
        <span className="cut">{text === '' ? 'no value' : <Value text={text.slice(0, shownLength)} />}</span>
      </p>
      <div role="menu" aria-labelledby={id} onKeyDown={move}>
        {items.map((item) => (
          <button key={item.key} type="button" role="menuitem" tabIndex={-1} onClick={() => act(item)}>
            {item.name} <kbd aria-hidden>{item.key}</kbd>
          </button>
        ))}
      </div>
    </div>
  );
}

/** Below its value, or above it where there is no room; never beyond the window. */
function place(box: HTMLElement, around: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = around.bottom + 4;
  const top = below + height + edge > window.innerHeight ? Math.max(edge, around.top - height - 4) : below;
  box.style.top = `${top}px`;
  box.style.left = `${Math.max(edge, Math.min(around.left, window.innerWidth - width - edge))}px`;
}

function useCloseOutside(menu: { readonly current: HTMLElement | null }, onClose: () => void): void {
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useEffect(() => {
    const hear = (event: Event) => {
      const inside = event.target instanceof Node && menu.current?.contains(event.target) === true;
      if (!inside) latest.current();
    };
    document.addEventListener('pointerdown', hear, true);
    document.addEventListener('scroll', hear, true);
    window.addEventListener('resize', hear);
    return () => {
      document.removeEventListener('pointerdown', hear, true);
      document.removeEventListener('scroll', hear, true);
      window.removeEventListener('resize', hear);
    };
  }, [menu]);
}
