import type { DemoAccount } from '../../session/session.api';
import { Section } from '../../ui/Section';
import form from '../../ui/Form.module.css';
import classes from './SignIn.module.css';

/** The accounts of the made-up hospital; the server names them only where it serves one. */
export function DemoAccounts({ accounts, choose }: { accounts: DemoAccount[]; choose: (account: { userName: string; password: string }) => void }) {
  return (
    <div className={classes.demo}>
      <Section title="Demo accounts">
        <p className={form.warn}>These accounts are of the demo hospital: made-up people, passwords that everybody knows. Never keep real patients here.</p>
        <ul className={classes.accounts}>
          {accounts.map((account) => (
            <li key={account.userName}>
              <button type="button" onClick={() => choose({ ...account })} data-demo-account={account.userName}>
                <span>
                  <strong>{account.role}</strong>
                </span>
                <span>{account.name}</span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}
