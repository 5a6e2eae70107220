import { createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from '@mantine/core';

// One accent, a quiet petrol; everything else is grey until it means something.
const petrol: MantineColorsTuple = [
  '#e8f6f7', '#d3eaec', '#a5d4d9', '#73bdc5', '#4ba9b3', '#3095a1', '#1f818d', '#0f6b77', '#0c5963', '#07464f',
];

// The component library's neutral darks, moved towards petrol so that inputs and pages are of one family.
const night: MantineColorsTuple = ['#e6edef', '#b4c2c7', '#93a3a9', '#6c7e85', '#3a4a51', '#2c3a40', '#1e2a2f', '#162024', '#10191c', '#0e1518'];

export const theme = createTheme({
  primaryColor: 'petrol',
  // White on it is 4.6:1 in the dark scheme too.
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { petrol, dark: night },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", "Noto Sans", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  defaultRadius: 4,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  respectReducedMotion: true,
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'salus-color-scheme' });
