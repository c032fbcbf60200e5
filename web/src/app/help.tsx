/** All keys at a glance, from the table of commands. */
import { Dialog, parts } from './dialog.tsx';
import { useKeys } from './use-keys.ts';

export function Help({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  useKeys(3, { '?': onClose }, { on: opened });
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard" size={760}>
      <Inside />
    </Dialog>
  );
}

function Inside() {
  const { KeyTable } = parts.read();
  return <KeyTable />;
}
