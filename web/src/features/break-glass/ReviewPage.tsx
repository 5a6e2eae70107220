import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { patientId, useNotices, useReviews, type Review, type ReviewState } from './break-glass.api';
import { PatientLine } from './PatientLine';
import { VerdictForm, VerdictText } from './VerdictForm';

const titles: Record<ReviewState, string> = { open: 'To review', judged: 'Reviewed' };

/** The queue of the privacy officer: who opened whose record, why, and whether that was right. */
export function ReviewPage() {
  usePageTitle('Emergency access');
  useRowKeys();
  const [params, setParams] = useSearchParams();
  const state: ReviewState = params.get('state') === 'judged' ? 'judged' : 'open';
  const list = useReviews(state);
  const notices = useNotices(true).data;
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Emergency access</h1>
        {notices && <span className="meta num">{`${notices.openReviews} to review · ${notices.active} active now`}</span>}
      </div>
      <SegmentedControl aria-label="Which" value={state} onChange={(value) => setParams(value === 'open' ? {} : { state: value })} data={[{ value: 'open', label: titles.open }, { value: 'judged', label: titles.judged }]} style={{ alignSelf: 'flex-start' }} />
      <Section title={titles[state]}>
        {list.isError && <ErrorPanel error={list.error} what="The list" retry={() => void list.refetch()} />}
        {!list.data && !list.isError && <Waiting what="emergency access" />}
        {list.data && rows.length === 0 && <EmptyState title={state === 'open' ? 'Nothing waits for a review' : 'Nothing was reviewed yet'}>Each emergency access appears here the moment it begins.</EmptyState>}
        {rows.length > 0 && <Reviews rows={rows} />}
        {list.hasNextPage && (
          <div className={form.foot}>
            <Button variant="default" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Load more
            </Button>
          </div>
        )}
      </Section>
    </div>
  );
}

const isActive = (review: Review) => !review.endedAt && Date.parse(review.until) > Date.now();

function Reviews({ rows }: { rows: Review[] }) {
  const [open, setOpen] = useState<string>();
  const columns: Column<Review>[] = [
    {
      name: 'Who',
      cell: (r) => (
        <LinkButton expanded={open === r.id} onClick={() => setOpen(open === r.id ? undefined : r.id)}>
          {r.user.name}
        </LinkButton>
      ),
    },
    { name: 'Role', from: 'desktop', width: '9rem', cell: (r) => r.user.roles.join(', ') },
    { name: 'Patient', cell: (r) => <PatientLine reference={r.patient} /> },
    { name: 'Reason', from: 'tablet', cell: (r) => r.reason },
    { name: 'Began', width: '9.5rem', cell: (r) => <span className="num">{formatDateTime(r.startedAt)}</span> },
    { name: 'Accesses', numeric: true, from: 'tablet', width: '6rem', cell: (r) => r.accesses ?? '–' },
    { name: 'State', width: '7.5rem', cell: (r) => (r.verdict ? <VerdictText verdict={r.verdict} /> : <span className={form.mark} data-tone={isActive(r) ? 'medium' : undefined}>{isActive(r) ? 'Active' : 'Ended'}</span>) },
  ];
  return <DataTable caption="Emergency access" columns={columns} rows={rows} rowKey={(r) => r.id} detail={(r) => (open === r.id ? <Details review={r} done={() => setOpen(undefined)} /> : undefined)} />;
}

function Details({ review, done }: { review: Review; done: () => void }) {
  const trail = new URLSearchParams({ actor: `user/${review.user.id.replace(/-/g, '')}`, patient: patientId(review.patient), from: review.startedAt }).toString();
  return (
    <div className={form.form}>
      <dl className={form.facts}>
        <dt>Reason</dt>
        <dd>{review.reason}</dd>
        <dt>Time</dt>
        <dd className="num">{`${formatDateTime(review.startedAt)} to ${formatDateTime(review.endedAt ?? review.until)}`}</dd>
        <dt>What was opened</dt>
        <dd>
          <Link to={`/audit?${trail}`}>{typeof review.accesses === 'number' ? `${review.accesses} ${review.accesses === 1 ? 'access' : 'accesses'}, in the audit trail` : 'The audit trail'}</Link>
        </dd>
        {review.verdict && (
          <>
            <dt>Verdict</dt>
            <dd>
              <VerdictText verdict={review.verdict} /> by {review.judgedBy ?? '–'}, {formatDateTime(review.judgedAt ?? undefined)}
            </dd>
            <dt>Comment</dt>
            <dd>{review.comment || '–'}</dd>
          </>
        )}
      </dl>
      {!review.verdict && (isActive(review) ? <p className={form.text}>{`Still open. A verdict is about all that was looked at: it can be given when the access has ended, at ${formatDateTime(review.until)} at the latest.`}</p> : <VerdictForm id={review.id} done={done} />)}
    </div>
  );
}
