import { Button } from '@mantine/core';
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { forgetRecord, openedKey, useOpened, type OpenedRecord } from '../../session/session.api';
import { problemText } from '../../ui/Problem';
import { endAccess, patientId } from './break-glass.api';
import classes from './BreakGlass.module.css';
import { PatientLine } from './PatientLine';
import { remaining, useSecond } from './remaining';

/** As long as a record is open in an emergency, every page says so. */
export function ActiveBreakGlass() {
  const { opened } = useOpened();
  return opened.length === 0 ? null : (
    <div className={classes.banners}>
      {opened.map((access) => (
        <Banner key={access.id} access={access} />
      ))}
    </div>
  );
}

/** What was open is closed: it is forgotten here too, and asked for again with the rights of now. */
async function closeHere(client: QueryClient, id: string): Promise<void> {
  // The clock of this computer may be ahead: what the server still counts as open stays.
  await client.invalidateQueries({ queryKey: openedKey });
  if (!client.getQueryData<OpenedRecord[]>(openedKey)?.some((access) => access.id === id)) await forgetRecord(client);
}

function Banner({ access }: { access: OpenedRecord }) {
  const client = useQueryClient();
  const now = useSecond();
  const left = Date.parse(access.until) - now;
  const over = left <= 0;
  const asked = over ? Math.floor(-left / 15_000) : 0;
  const end = useMutation({ mutationFn: () => endAccess(access.id), onSuccess: () => closeHere(client, access.id) });
  useEffect(() => {
    if (over) void closeHere(client, access.id);
  }, [over, asked, client, access.id]);
  const id = patientId(access.patient);
  return (
    <div className={classes.banner} role="region" aria-label="Emergency access" data-break-glass={id}>
      <span aria-hidden="true">▲</span>
      <span className={classes.what}>
        Emergency access to <Link to={`/patients/${id}`}><PatientLine reference={id} /></Link>
      </span>
      <span className="num" title={`Until ${access.until}`}>
        {over ? 'over' : `${remaining(left)} left`}
      </span>
      <Button size="compact-xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
        End now
      </Button>
      {end.isError && <span role="alert">{problemText(end.error)}</span>}
    </div>
  );
}
