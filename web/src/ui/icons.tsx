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
export const PersonIcon = icon(<><circle cx="10" cy="6.5" r="3.3" /><path d="M3.5 17.5c0-3.6 2.8-5.8 6.5-5.8s6.5 2.2 6.5 5.8" /></>);
export const AccessIcon = icon(<><rect x="3.5" y="8.5" width="13" height="9" rx="1.5" /><path d="M6.5 8.5V6a3.5 3.5 0 0 1 7 0v2.5M10 12v2" /></>);
export const AuditIcon = icon(<><path d="M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.5 10 15.5 1.8 10 1.8 10Z" /><circle cx="10" cy="10" r="2.5" /></>);
export const EmergencyIcon = icon(<><path d="M10 2.5 18 17H2L10 2.5Z" /><path d="M10 8v4M10 14.5h.01" /></>);
export const WardIcon = icon(<><path d="M2 4v12M2 13h16v3M18 13v-2.5a2 2 0 0 0-2-2H8V13" /><circle cx="5" cy="9.5" r="1.6" /></>);
export const AlertIcon = icon(<><path d="M5 8.5a5 5 0 0 1 10 0c0 4 1.7 5.2 1.7 5.2H3.3S5 12.5 5 8.5Z" /><path d="M8.3 16.5a1.9 1.9 0 0 0 3.4 0" /></>);
export const DeviceIcon = icon(<><rect x="2" y="3.5" width="16" height="10.5" rx="1.5" /><path d="M4.5 9h2.7l1.5-3 2.3 5 1.4-2h3.1M7 17h6" /></>);
