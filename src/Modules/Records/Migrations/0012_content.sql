-- Whether the strings of all resources are indexed, for _content. Its parameters come and go as those that are added at run time do.
alter table records.head add column content boolean not null default false;
delete from records.parameter where code = '_content' and definition = '';
