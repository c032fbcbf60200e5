/** Whether what is shown is only passed by, as by a key that is held down: then nothing is read for it. */
import { createContext, use } from 'react';

export const PassingContext = createContext(false);

export function usePassing(): boolean {
  return use(PassingContext);
}
