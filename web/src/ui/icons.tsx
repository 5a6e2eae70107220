import type { ReactNode } from 'react';

// Line icons on a 20 px grid, always beside text or inside a labelled control: hidden from screen readers.
const icon = (shape: ReactNode) =>
  function Icon({ size = 20 }: { size?: number }) {
    return (
      <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        {shape}
      </svg>
    );
  };

export const PatientsIcon = icon(<><circle cx="8" cy="6.5" r="3" /><path d="M2.5 17c0-3.3 2.4-5.3 5.5-5.3s5.5 2 5.5 5.3M13 4a3 3 0 0 1 0 5M15 12.4c1.6.8 2.5 2.4 2.5 4.6" /></>);
export const SystemIcon = icon(<><ellipse cx="10" cy="4.5" rx="6.5" ry="2.5" /><path d="M3.5 4.5v11c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5v-11M3.5 10c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5" /></>);
export const PathIcon = icon(<><circle cx="4.5" cy="4.5" r="2" /><circle cx="15.5" cy="15.5" r="2" /><path d="M6.5 4.5H12a3 3 0 0 1 0 6H8a3 3 0 0 0-3 3v0a2 2 0 0 0 2 2h6.5" /></>);
export const SearchIcon = icon(<><circle cx="8.5" cy="8.5" r="5.5" /><path d="m13 13 4.5 4.5" /></>);
export const SunIcon = icon(<><circle cx="10" cy="10" r="3.5" /><path d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4" /></>);
export const MoonIcon = icon(<path d="M17 11.8A7.2 7.2 0 0 1 8.2 3a7.2 7.2 0 1 0 8.8 8.8Z" />);
export const HelpIcon = icon(<><rect x="1.5" y="4.5" width="17" height="11" rx="2" /><path d="M5 8h.01M8.3 8h.01M11.7 8h.01M15 8h.01M6 12h8" /></>);
export const CodeIcon = icon(<path d="m6.5 6-4 4 4 4M13.5 6l4 4-4 4M11.5 3.5l-3 13" />);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
