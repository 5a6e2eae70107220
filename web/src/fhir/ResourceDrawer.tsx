import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatExact } from '../lib/dates';
import { CopyButton } from '../ui/CopyButton';
import { EmptyState, ErrorPanel, Waiting } from '../ui/Notice';
import { fhirHistory, fhirRead, type Version } from './client';
import classes from './ResourceDrawer.module.css';
import type { Resource, ResourceType } from './types.gen';
import { useOpenResource } from './useOpenResource';

/** The right-hand drawer with the raw resource named in the address, and its versions. */
export function ResourceDrawer({ about }: { about: string }) {
  const { open, close } = useOpenResource();
  return (
    <Drawer
      opened={open !== undefined}
      onClose={close}
      position="right"
      size="min(46rem, 100vw)"
      title={open ? <span className={classes.title}>{`${open.type}/${open.id}`}</span> : ''}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {open && (
        <>
          <p className={classes.about}>{about}</p>
          <Content key={`${open.type}/${open.id}`} type={open.type} id={open.id} />
        </>
      )}
    </Drawer>
  );
}

function Content({ type, id }: { type: string; id: string }) {
  const [version, setVersion] = useState<Version>();
  const [history, setHistory] = useState(false);
  const current = useQuery({ queryKey: ['fhir', type, id], queryFn: ({ signal }) => fhirRead(type as ResourceType, id, signal) });
  const shown: Resource | undefined = version?.resource ?? current.data;
  return (
    <>
      <div className={classes.actions}>
        {shown && <CopyButton text={JSON.stringify(shown, null, 2)} label="Copy JSON" />}
        <Button component="a" href={`/fhir/${type}/${id}`} target="_blank" rel="noreferrer" variant="default" size="xs">
          Open /fhir/{type}/…
        </Button>
        <Button variant="default" size="xs" aria-expanded={history} onClick={() => setHistory(!history)}>
          {history ? 'Hide history' : 'History'}
        </Button>
      </div>
      {history && <History type={type} id={id} shown={shown?.meta?.versionId} choose={setVersion} />}
      {version && <p className="meta">Version {version.resource?.meta?.versionId}, not necessarily the current one.</p>}
      {current.isError && !version && <ErrorPanel error={current.error} what={`${type}/${id}`} retry={() => void current.refetch()} />}
      {!shown && !current.isError && <Waiting what="the resource" />}
      {/* Scrolls inside itself, so the keyboard must be able to reach it. */}
      {shown && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={classes.json} tabIndex={0} role="region" aria-label="Resource as JSON">
          {JSON.stringify(shown, null, 2)}
        </pre>
      )}
    </>
  );
}

function History({ type, id, shown, choose }: { type: string; id: string; shown?: string; choose: (version: Version) => void }) {
  const { data, error, isError, refetch } = useQuery({ queryKey: ['fhir', type, id, 'history'], queryFn: ({ signal }) => fhirHistory(type, id, signal) });
  if (isError) return <ErrorPanel error={error} what="The history" retry={() => void refetch()} />;
  if (!data) return <Waiting what="the history" />;
  if (data.length === 0) return <EmptyState title="No versions are recorded" />;
  return (
    <ol className={classes.versions} aria-label="Versions, newest first">
      {data.map((version, index) => (
        <li key={index}>
          {version.resource ? (
            <button type="button" aria-current={version.resource.meta?.versionId === shown || undefined} onClick={() => choose(version)}>
              Version {version.resource.meta?.versionId ?? '–'}
            </button>
          ) : (
            <span>Deleted</span>
          )}
          <span className="meta num">
            {version.method} {formatExact(version.at)}
          </span>
        </li>
      ))}
    </ol>
  );
}
