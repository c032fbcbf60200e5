/** Mantine wears our tokens: its variables are only other names for them. */
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '11.5px', sm: '12.5px', md: '13px', lg: '15px', xl: '17px' },
  radius: { xs: '3px', sm: '5px', md: '5px', lg: '8px', xl: '8px' },
  defaultRadius: 'sm',
  respectReducedMotion: true,
});

const scheme = {
  '--mantine-color-body': 'var(--bg0)',
  '--mantine-color-text': 'var(--fg)',
  '--mantine-color-dimmed': 'var(--fg3)',
  '--mantine-color-placeholder': 'var(--fg3)',
  '--mantine-color-anchor': 'var(--ac)',
  '--mantine-color-default': 'var(--bg1)',
  '--mantine-color-default-hover': 'var(--bg3)',
  '--mantine-color-default-color': 'var(--fg)',
  '--mantine-color-default-border': 'var(--line2)',
  '--mantine-color-error': 'var(--crit)',
  '--mantine-primary-color-filled': 'var(--ac-solid)',
  '--mantine-primary-color-filled-hover': 'var(--ac-solid)',
  '--mantine-primary-color-contrast': 'var(--ac-on)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: scheme,
  dark: scheme,
});
