/** The open menu: arrows move, Enter picks, Esc gives the focus back. */
import { IconCheck } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { createPortal } from 'react-dom';
import { useKeys } from '../app/use-keys.ts';
import { closeMenu, currentMenu, type MenuItem, type OpenMenu, watchMenu } from '../lib/menus.ts';
import styles from './menu.module.css';

export function MenuHost() {
  const menu = useSyncExternalStore(watchMenu, currentMenu);
  return menu === null ? null : createPortal(<Menu key={menu.label} menu={menu} />, document.body);
}

function Menu({ menu }: { readonly menu: OpenMenu }) {
  const box = useRef<HTMLDivElement>(null);
  const place = usePlace(menu.anchor, box);
  const leave = () => {
    closeMenu();
    menu.anchor.focus();
  };
  useKeys(3, { Escape: leave }, { exclusive: true });
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('button')?.focus();
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Node)) return;
      if (box.current?.contains(event.target) !== true && !menu.anchor.contains(event.target)) closeMenu();
    };
    window.addEventListener('pointerdown', outside);
    window.addEventListener('resize', closeMenu);
    return () => {
      window.removeEventListener('pointerdown', outside);
      window.removeEventListener('resize', closeMenu);
    };
  }, [menu]);
  return (
    <div
      ref={box}
      role="menu"
      aria-label={menu.label}
      className={styles.menu}
      style={place}
      onKeyDown={moveFocus}
    >
      <p className={styles.title} aria-hidden>
        {menu.label}
      </p>
      {menu.items.map((item) => (
        <Item
          key={item.label}
          item={item}
          onPick={() => {
            leave();
            item.act();
          }}
        />
      ))}
    </div>
  );
}

function Item({ item, onPick }: { readonly item: MenuItem; readonly onPick: () => void }) {
  const isChoice = item.checked !== undefined;
  return (
    <button
      type="button"
      role={isChoice ? 'menuitemcheckbox' : 'menuitem'}
      {...(isChoice ? { 'aria-checked': item.checked } : {})}
      className={styles.item}
      data-apart={item.apart || undefined}
      onClick={onPick}
    >
      {isChoice ? (
        <i className={styles.check}>{item.checked ? <IconCheck size={14} aria-hidden /> : null}</i>
      ) : null}
      <span className="cut">{item.label}</span>
      {item.hint === undefined ? null : <span className={styles.hint}>{item.hint}</span>}
      {(item.caps ?? []).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </button>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = items.findIndex((item) => item === document.activeElement);
  const to =
    event.key === 'ArrowDown'
      ? (at + 1) % items.length
      : event.key === 'ArrowUp'
        ? (at - 1 + items.length) % items.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? items.length - 1
            : null;
  if (event.key === 'Tab') closeMenu();
  if (to === null) return;
  event.preventDefault();
  items[to]?.focus();
}

const gap = 4;
const edge = 8;

/** Below its anchor, above where there is no room, always inside the window. */
function usePlace(anchor: HTMLElement, box: { readonly current: HTMLDivElement | null }) {
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    if (box.current === null) return;
    const at = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box.current;
    const below = at.bottom + gap;
    const top = below + height > window.innerHeight - edge ? at.top - gap - height : below;
    setPlace({
      left: Math.max(edge, Math.min(at.left, window.innerWidth - width - edge)),
      top: Math.max(edge, Math.min(top, window.innerHeight - height - edge)),
    });
  }, [anchor, box]);
  return place;
}
