import { useSession, type Account } from '../../session/session.api';
import { EmptyState } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { AllowedApps } from './AllowedApps';
import { Passkeys } from './Passkeys';
import { PasswordForm } from './PasswordForm';
import { Sessions } from './Sessions';
import { Totp } from './Totp';

/** One's own account: how one signs in, where one is signed in, and whom one has let in. */
export function AccountPage() {
  usePageTitle('My account');
  const { data } = useSession();
  const account = data?.account;
  if (!data?.signIn || !account) {
    return (
      <div className={form.narrow}>
        <h1>My account</h1>
        <EmptyState title="This server has no sign-in">It answers only on its own machine, and everybody there may do everything. With sign-in switched on, passwords, passkeys and sessions are here.</EmptyState>
      </div>
    );
  }
  return (
    <div className={form.narrow}>
      <h1>My account</h1>
      <Who account={account} />
      <PasswordForm userName={account.userName} />
      <Totp account={account} />
      <Passkeys />
      <Sessions />
      <AllowedApps />
    </div>
  );
}

const Who = ({ account }: { account: Account }) => (
  <Section title="Who I am here" aside="An administrator changes this">
    <dl className={`${form.facts} ${form.inset}`}>
      <dt>Name</dt>
      <dd>{account.name}</dd>
      <dt>User name</dt>
      <dd>{account.userName}</dd>
      <dt>Roles</dt>
      <dd>{account.roles.join(', ') || 'none'}</dd>
      <dt>In the record</dt>
      <dd className="mono">{account.person ?? '–'}</dd>
      <dt>Organization</dt>
      <dd>{account.tenant.name}</dd>
    </dl>
  </Section>
);
