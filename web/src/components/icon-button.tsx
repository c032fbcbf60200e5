/** A button that is an icon: its name is read out and shown on hover. */
import type { ReactNode } from 'react';

interface Props {
  readonly name: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function IconButton({ name, onClick, children }: Props) {
  return (
    <button
      type="button"
      className="btn"
      data-quiet
      data-icon
      aria-label={name}
      title={name}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
