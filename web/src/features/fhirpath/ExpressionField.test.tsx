// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ExpressionField } from './ExpressionField';

afterEach(cleanup);

describe('the field for an expression', () => {
  it('underlines_the_word_at_the_place_of_the_error_and_says_where_it_is', () => {
    const { container } = render(<ExpressionField value="name.givem.first()" change={() => undefined} error={{ message: 'HumanName has no element givem', position: 5 }} />);
    expect(container.querySelector('mark')?.textContent).toBe('givem');
    expect(screen.getByRole('status').textContent).toContain('HumanName has no element givem (character 6)');
    expect(screen.getByLabelText('Expression').getAttribute('aria-invalid')).toBe('true');
  });

  it('underlines_nothing_for_an_error_without_a_place_and_without_an_error', () => {
    const { container, rerender } = render(<ExpressionField value="name" change={() => undefined} error={{ message: 'not a resource', position: null }} />);
    expect(container.querySelector('mark')).toBeNull();
    rerender(<ExpressionField value="name" change={() => undefined} />);
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('hands_over_what_is_typed', () => {
    const change = vi.fn();
    render(<ExpressionField value="" change={change} />);
    fireEvent.change(screen.getByLabelText('Expression'), { target: { value: 'name' } });
    expect(change).toHaveBeenCalledWith('name');
  });
});
