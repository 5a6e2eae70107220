import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatLength } from '../../lib/dates';
import { PriorityMark } from '../../monitoring/AlertMark';
import { may, useAccount } from '../../session/session.api';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { rulesQuery, type StoredRule } from './alerts.api';
import { AlertsTabs } from './AlertsTabs';
import { escalationText, whenText } from './rule';
import { RuleForm } from './RuleForm';

/** What raises alerts. Everybody who sees the burden sees the rules; few change them. */
export function RulesPage() {
  usePageTitle('Rules of alerts');
  useRowKeys();
  const list = useQuery(rulesQuery);
  const manages = may(useAccount(), 'monitoring.manage');
  const [open, setOpen] = useState<string>();
  const [adding, setAdding] = useState(false);
  const columns: Column<StoredRule>[] = [
    {
      name: 'Rule',
      cell: (rule) => (
        <LinkButton expanded={open === rule.name} onClick={() => setOpen(open === rule.name ? undefined : rule.name)}>
          {rule.title}
        </LinkButton>
      ),
    },
    { name: 'Priority', width: '7rem', cell: (rule) => <PriorityMark priority={rule.priority} /> },
    { name: 'Alerts when', from: 'tablet', cell: (rule) => whenText(rule.when) },
    { name: 'Escalates to', from: 'desktop', cell: (rule) => escalationText(rule) },
    { name: 'State', width: '6rem', cell: (rule) => (rule.active === false ? 'off' : 'on') },
  ];
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Alerts</h1>
        {manages && (
          <Button size="xs" onClick={() => setAdding(true)}>
            Add a rule
          </Button>
        )}
      </div>
      <AlertsTabs />
      <Section title="Rules" aside={manages ? undefined : 'To change them one needs the permission monitoring.manage.'}>
        {list.isError && <ErrorPanel error={list.error} what="The rules" retry={() => void list.refetch()} />}
        {list.isPending && <Waiting what="rules" />}
        {list.data?.length === 0 && <EmptyState title="There is no rule">Without one nothing alerts.</EmptyState>}
        {list.data && list.data.length > 0 && (
          <DataTable caption="Rules of alerts" columns={columns} rows={list.data} rowKey={(rule) => rule.name} detail={(rule) => (open !== rule.name ? undefined : manages ? <RuleForm key={`${rule.name} ${rule.version}`} rule={rule} close={() => setOpen(undefined)} /> : <Facts rule={rule} />)} />
        )}
      </Section>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a rule" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
        {adding && <RuleForm close={() => setAdding(false)} />}
      </Modal>
    </div>
  );
}

function Facts({ rule }: { rule: StoredRule }) {
  const facts: [string, string][] = [
    ['Alerts when', whenText(rule.when)],
    ['For at least', rule.delaySeconds ? formatLength(rule.delaySeconds * 1_000) : 'at once'],
    ['Armed again after', formatLength(rule.rearmMinutes * 60_000)],
    ['Quiet while', rule.suppressedBy?.join(', ') || 'never'],
    ['Escalates to', escalationText(rule)],
    ['Source', rule.source || '–'],
    ['Version', String(rule.version ?? '–')],
  ];
  return (
    <dl className={form.facts}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
