/** Ctrl-K: every command that can be done just now, every page, and any alert or incident. */
import { useState } from 'react';
import { Dialog, parts } from './dialog.tsx';
import { availableCommands } from './use-keys.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function Palette({ opened, onClose }: Props) {
  // What can be done is what could be done on the page below, before this dialog took the keys.
  const [available, setAvailable] = useState<ReturnType<typeof availableCommands> | null>(null);
  if (opened && available === null) setAvailable(availableCommands());
  if (!opened && available !== null) setAvailable(null);
  return (
    <Dialog opened={opened} onClose={onClose} title="Commands" size={620} top>
      {available === null ? null : <Inside available={available} onClose={onClose} />}
    </Dialog>
  );
}

function Inside(props: {
  readonly available: ReturnType<typeof availableCommands>;
  readonly onClose: () => void;
}) {
  const { Finder } = parts.read();
  return <Finder {...props} />;
}
